"""What can be wrong with a training. The messages are whole sentences with the values."""


class UnfitForTraining(ValueError):
    """The base, the data set or the settings do not go together."""


class LossNotFinite(ValueError):
    def __init__(self, step: int, learning_rate: float) -> None:
        super().__init__(
            f"The loss of step {step} is not a finite number. Nothing after the last checkpoint "
            f"was kept. Lower the learning rate (it is {learning_rate:g}) or use precision 'bf16' "
            "or 'fp32', and look for broken pictures."
        )
        self.step = step
        self.learning_rate = learning_rate


class WorkerFailed(RuntimeError):
    def __init__(self, code: int, told: str) -> None:
        super().__init__(
            f"One of the training processes ended with code {code}. The last it said: "
            f"{told or 'nothing'}"
        )
