"""All members of an experiment as one: their parameters, their minibatches, and blocks of updates of them
all."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lrcore.datasets import Dataset
from lrcore.experiment import Experiment
from lrcore.results.events import Floats
from lrcore.training.activations import ACTIVATIONS
from lrcore.training.layout import Layout
from lrcore.training.losses import LOSSES
from lrcore.training.minibatches import batch_bounds, epoch_order
from lrcore.training.stepper import Core, Stepper
from lrcore.training.stopping import StopCheck
from lrcore.training.update_rules import rule_for


class Ensemble:
    """M = P x S members; member p * S + s is plan p with seed `first_seed` + s. `x` (D + 1, n) and `y` (C, n)
    are the training points."""

    def __init__(
        self,
        experiment: Experiment,
        data: Dataset,
        device: torch.device,
        dtype: torch.dtype,
        stop_check: StopCheck,
        first_seed: int = 0,
    ) -> None:
        layout = Layout.of(experiment, experiment.members)
        params = layout.initial(experiment, dtype, first_seed).to(device)
        grads = torch.zeros_like(params)
        self._rule = rule_for(experiment, layout, params, grads)
        self._state = [params, *self._rule.moments]
        self.core = Core(
            layout,
            layout.layers(params),
            layout.layers(grads),
            self._rule,
            ACTIVATIONS[experiment.model.activation],
            LOSSES[data.task],
            experiment.seeds,
        )
        self.x, self.y = self.points(data.x_train), self.targets(data.y_train)
        self._seeds = range(first_seed, first_seed + experiment.seeds)
        self._batch, self._n = experiment.batch_size, len(data.x_train)
        self._steppers: dict[int, Stepper] = {}
        self._epoch: tuple[int, Tensor, Tensor] = (-1, self.x, self.y)
        self._stop_check = stop_check

    def points(self, x: Floats) -> Tensor:
        """Points (n, D) as the networks take them: (D + 1, n), the last row ones."""
        return self._state[0].new_tensor(np.concatenate([x.T, np.ones((1, len(x)))]))

    def targets(self, y: NDArray[np.int64] | Floats) -> Tensor:
        """Targets as the loss takes them: (C, n)."""
        return self._state[0].new_tensor(self.core.loss.targets(y, self.core.layout.widths[-1]))

    def run(self, first: int, lr: Floats) -> Floats:
        """Updates first, first + 1, ... with rates `lr` (K, M); returns their mean minibatch losses (k, M), k
        < K if told to stop.

        Nothing here waits for the device before the block is through.
        """
        with np.errstate(over="ignore"):  # a rate beyond float32 is infinite there, and the member diverges
            rates_and_momenta = self._state[0].new_tensor(self._rule.rates_and_momenta(first, lr))
        losses = self._state[0].new_empty(lr.shape)
        done = 0
        while (
            done < len(lr)
            and not (done and self._stop_check.poll_at_most_every_10ms())
            and self._step(first + done, rates_and_momenta[done], losses[done])
        ):
            done += 1
        return losses[:done].double().cpu().numpy()

    def save(self, into: list[Tensor] | None = None) -> list[Tensor]:
        """A copy of parameters and moments, parameters first; `into` an earlier copy."""
        if into is None:
            return [part.clone() for part in self._state]
        for part, copy in zip(self._state, into, strict=True):
            copy.copy_(part)
        return into

    def restore(self, saved: list[Tensor]) -> None:
        """All members back to a saved state."""
        for part, copy in zip(self._state, saved, strict=True):
            part.copy_(copy)

    def finite(self) -> NDArray[np.bool_]:
        """Whether all parameters of each member are finite, (M,)."""
        flags: NDArray[np.bool_] = (
            torch.stack([torch.isfinite(part).flatten(1).all(1) for part in self.core.weights])
            .all(0)
            .cpu()
            .numpy()
        )
        return flags

    def _step(self, step: int, rates_and_momenta: Tensor, loss: Tensor) -> bool:
        epoch, start, stop = batch_bounds(step, self._n, self._batch)
        if self._epoch[0] != epoch:
            self._epoch = (epoch, *self._shuffled(epoch))
        size = stop - start
        if size not in self._steppers:
            self._steppers[size] = Stepper(self.core, size)
        _, x, y = self._epoch
        return self._steppers[size](
            x[:, :, start:stop],
            y[:, :, start:stop],
            rates_and_momenta,
            loss,
            self._stop_check.poll_at_most_every_10ms,
        )

    def _shuffled(self, epoch: int) -> tuple[Tensor, Tensor]:
        """The training points in every seed's order of this epoch, (S, D + 1, n) and (S, C, n): a batch is
        then a slice."""
        orders = np.stack([epoch_order(seed, epoch, self._n, self._batch) for seed in self._seeds])
        index = torch.from_numpy(orders).flatten().to(self.x.device)
        return (
            self.x.index_select(1, index).view(len(self.x), len(self._seeds), -1).transpose(0, 1),
            self.y.index_select(1, index).view(len(self.y), len(self._seeds), -1).transpose(0, 1),
        )
