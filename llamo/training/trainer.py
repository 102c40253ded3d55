"""`Trainer` with what a long run needs: no step on a loss that is no number, clear words, packed batches, speed."""

from pathlib import Path
from typing import Any

from torch.utils.data import DataLoader

from llamo.data.batching import TokenBudgetBatchSampler
from llamo.training.graph_use import GraphUseTrainer
from llamo.training.measures import Meter
from llamo.training.stopping import check_finite, disk_errors


class LlamoTrainer(GraphUseTrainer):
    """transformers' `Trainer`.

    Args:
        max_tokens: pack samples into rows of at most this many tokens (the collator must be `LlamoPackingCollator`).
        loss_only: run the head on labelled positions only.
        kwargs: of `GraphUseTrainer` and `Trainer`.
    """

    def __init__(self, *args, max_tokens: int | None = None, loss_only: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.max_tokens = max_tokens
        self.loss_only = loss_only
        self.meter = Meter()

    def log(self, logs: dict[str, float], *args, **kwargs):
        """As `Trainer`'s, with tokens per second and memory beside the training loss."""
        if "loss" in logs:
            logs = {**logs, **self.meter.look(int(self.state.num_input_tokens_seen))}
        super().log(logs, *args, **kwargs)

    def training_step(self, model, inputs, num_items_in_batch=None):
        """As `Trainer`'s, but refuses a loss that is no number before the optimizer sees its gradient."""
        loss = super().training_step(model, inputs, num_items_in_batch)
        check_finite(loss, step=self.state.global_step, folder=Path(str(self.args.output_dir)))
        return loss

    def compute_loss(self, model, inputs, *args, **kwargs) -> Any:
        """As `GraphUseTrainer`'s; with `loss_only` the logits are not made."""
        if self.loss_only and "labels" in inputs:
            inputs = {**inputs, "loss_only": True}
        return super().compute_loss(model, inputs, *args, **kwargs)

    def _save_checkpoint(self, model, trial):
        with disk_errors(Path(str(self.args.output_dir))):
            super()._save_checkpoint(model, trial)

    def get_train_dataloader(self) -> DataLoader:
        """As `Trainer`'s; with `max_tokens` batches are made by tokens instead of rows."""
        if self.max_tokens is None:
            return super().get_train_dataloader()
        dataset = self.train_dataset
        sampler = TokenBudgetBatchSampler(
            dataset["length"], self.max_tokens, seed=self.args.data_seed or self.args.seed
        )
        loader = DataLoader(
            dataset,  # type: ignore[arg-type]
            batch_sampler=sampler,
            collate_fn=self.data_collator,
            num_workers=self.args.dataloader_num_workers,
            pin_memory=self.args.dataloader_pin_memory,
        )
        return self.accelerator.prepare(loader)
