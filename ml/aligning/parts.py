"""What of an encoder is trained, all of it or adapters in its layers (LoRA), and by which loss."""

from pathlib import Path

from ml.aligning.losses import OF_FAMILY
from ml.datasets.problems import shown
from ml.loading import encoders
from ml.loading.encoders import Encoder
from ml.training import adapters
from ml.training.problems import UnfitForTraining
from specs.embeddings.encoders import FAMILIES
from specs.kinds.model.model_align import Loss, ModelAlign


def load(folder: Path, spec: ModelAlign) -> Encoder:
    """On the processor, in fp32 and in training mode. Beside adapters all else stays as it is, the
    scale of the logits, too: what a LoRA changes are matrices.
    """
    encoder = encoders.open_encoder(folder)
    model = encoder.model
    if spec.method == "lora":
        model.requires_grad_(requires_grad=False)
        adapters.seed(spec)
        targets = adapters.find_layers(model, spec.lora_targets, f"'{shown(folder.name)}'")
        model.add_adapter(adapters.make_config(spec, targets), adapter_name=adapters.ADAPTER)
    model.train()
    return encoder


def choose_loss(folder: Path, spec: ModelAlign) -> Loss:
    """Before anything is loaded."""
    family = encoders.find_family(folder)
    own = OF_FAMILY[family]
    wished = own if spec.loss == "auto" else spec.loss
    if wished == "sigmoid" and own != "sigmoid":
        raise UnfitForTraining(
            f"The loss 'sigmoid' needs a model with a bias of its logits; '{shown(folder.name)}' "
            f"is of the family {FAMILIES[family]}, which has none. Use 'infonce'."
        )
    return wished
