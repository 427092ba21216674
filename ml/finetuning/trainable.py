"""What of the UNet is trained: all of it, or adapters beside it (LoRA)."""

import torch

from ml.finetuning.foundation import Foundation
from ml.loading import pipelines
from ml.training import adapters
from ml.training.trainable import Trainable
from specs.kinds.model.model_finetune import ModelFinetune


def load(foundation: Foundation, spec: ModelFinetune) -> Trainable:
    """In fp32 on the processor, in training mode."""
    unet = pipelines.load_component(foundation.layout, "unet", torch.float32)
    if spec.method == "lora":
        unet.requires_grad_(requires_grad=False)
        adapters.find_layers(unet, spec.lora_targets, "the UNet")
        adapters.seed(spec)
        config = adapters.make_config(spec, spec.lora_targets)
        unet.add_adapter(config, adapter_name=adapters.ADAPTER)
    if spec.gradient_checkpointing:
        unet.enable_gradient_checkpointing()
    unet.train()
    return Trainable.of(unet)
