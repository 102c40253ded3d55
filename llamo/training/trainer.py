"""`Trainer` with what a long run needs: an order that resuming keeps, packed batches, speed, clear words on faults."""

from pathlib import Path
from typing import Any

from torch.utils.data import DataLoader, Sampler
from transformers import TrainerCallback

from llamo.data.batching import LengthGroupedSampler, TokenBudgetBatchSampler
from llamo.training.graph_use import GraphUseTrainer
from llamo.training.liger import apply_to_text_model
from llamo.training.measures import Meter
from llamo.training.stopping import check_finite, disk_errors


class LlamoTrainer(GraphUseTrainer):
    """transformers' `Trainer`.

    Args:
        max_tokens: pack samples into rows of at most this many tokens (the collator must be `LlamoPackingCollator`).
        loss_only: run the head on labelled positions only; `use_liger_kernel` of the arguments does so too.
        kwargs: of `GraphUseTrainer` and `Trainer`.
    """

    def __init__(self, *args, max_tokens: int | None = None, loss_only: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.max_tokens = max_tokens
        self.loss_only = loss_only or self.args.use_liger_kernel
        if self.args.use_liger_kernel:
            apply_to_text_model(self.model, self.args.liger_kernel_config)
        self.meter = Meter()
        self._epochs = _SetEpoch()
        self.add_callback(self._epochs)
        self.add_callback(_StartMeter(self.meter))

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

    def _get_train_sampler(self, train_dataset=None) -> Sampler | None:
        dataset: Any = self.train_dataset if train_dataset is None else train_dataset
        if self.args.train_sampling_strategy != "group_by_length":
            return super()._get_train_sampler(train_dataset)
        if "length" not in _columns(dataset):
            raise ValueError(
                "group_by_length needs lengths that are known beforehand; leave streaming and on_the_fly off"
            )
        size = self.args.train_batch_size * self.args.gradient_accumulation_steps
        return self._epochs.follow(LengthGroupedSampler(dataset["length"], batch_size=size, seed=self._seed()))

    def get_train_dataloader(self) -> DataLoader:
        """As `Trainer`'s; with `max_tokens` batches are made by tokens instead of rows."""
        if self.max_tokens is None:
            return super().get_train_dataloader()
        dataset: Any = self.train_dataset
        if "length" not in _columns(dataset):
            raise ValueError("max_tokens needs lengths that are known beforehand; leave streaming and on_the_fly off")
        batches = TokenBudgetBatchSampler(dataset["length"], max_tokens=self.max_tokens, seed=self._seed())
        loader = DataLoader(
            dataset,
            batch_sampler=self._epochs.follow(batches),
            collate_fn=self.data_collator,
            num_workers=self.args.dataloader_num_workers,
            pin_memory=self.args.dataloader_pin_memory,
        )
        return self.accelerator.prepare(loader)

    def _seed(self) -> int:
        return self.args.seed if self.args.data_seed is None else self.args.data_seed


def _columns(dataset: Any) -> list[str]:
    return getattr(dataset, "column_names", None) or []


class _SetEpoch(TrainerCallback):
    """Tells samplers which epoch begins, also when a run is resumed within one and however they are wrapped."""

    def __init__(self):
        self.samplers: list[Any] = []

    def follow(self, sampler: Any) -> Any:
        self.samplers = [sampler]
        return sampler

    def on_epoch_begin(self, args, state, control, **kwargs):
        for sampler in self.samplers:
            sampler.set_epoch(int((state.epoch or 0) + 1e-6))


class _StartMeter(TrainerCallback):
    """Counts tokens from where training begins, or goes on."""

    def __init__(self, meter: Meter):
        self.meter = meter

    def on_train_begin(self, args, state, control, **kwargs):
        self.meter.start(int(state.num_input_tokens_seen))
