"""How the members' parameters lie in memory, and the weights they start from.

M = members, member p * S + s being plan p with seed s. A layer's weights and bias are one matrix (out, in +
1), the bias being the last column, which meets a row of ones in the layer's input: one matrix product does
both, forwards and backwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from lrcore.experiment import Experiment

ACTIVATIONS: dict[str, type[nn.Module]] = {"tanh": nn.Tanh, "relu": nn.ReLU, "gelu": nn.GELU}


def build_network(experiment: Experiment, seed: int) -> nn.Sequential:
    """The network of one member in float32: exactly `torch.manual_seed(seed)`, then `nn.Sequential(nn.Linear,
    ...)`.

    The global generator is left as it was found.
    """
    widths = Layout.of(experiment, 1).widths
    with torch.random.fork_rng(devices=[]):
        # like torch.manual_seed, but does not touch a GPU's generator
        torch.default_generator.manual_seed(seed)
        modules: list[nn.Module] = []
        for inputs, outputs in pairwise(widths):
            modules += [
                nn.Linear(inputs, outputs, dtype=torch.float32),
                ACTIVATIONS[experiment.model.activation](),
            ]
    return nn.Sequential(*modules[:-1])


@dataclass(frozen=True)
class Layout:
    """One flat buffer holds every parameter of every member, layer after layer, each layer (M, out, in + 1)
    and contiguous.

    Contiguous layers keep the matrix products fast (a strided result costs twice as much), and the one buffer
    lets an optimiser update a whole moment with one kernel.
    """

    widths: tuple[int, ...]
    members: int

    @classmethod
    def of(cls, experiment: Experiment, members: int) -> Layout:
        return cls((experiment.data.n_features, *experiment.model.hidden, experiment.data.n_outputs), members)

    @property
    def shapes(self) -> list[tuple[int, int, int]]:
        """The shape of each layer's parameters: (M, out, in + 1)."""
        return [(self.members, outputs, inputs + 1) for inputs, outputs in pairwise(self.widths)]

    @property
    def size(self) -> int:
        """Length of the flat buffer."""
        return sum(members * rows * columns for members, rows, columns in self.shapes)

    def layers(self, flat: Tensor) -> list[Tensor]:
        """Views of a flat buffer, one for each layer."""
        sizes = [members * rows * columns for members, rows, columns in self.shapes]
        return [part.view(shape) for part, shape in zip(torch.split(flat, sizes), self.shapes, strict=True)]

    def initial(self, experiment: Experiment, dtype: torch.dtype, first_seed: int = 0) -> Tensor:
        """The flat buffer at the start: member (p, s) has the weights of seed `first_seed` + s, whatever P, S
        and p."""
        flat = torch.empty(self.size, dtype=dtype)
        for s in range(experiment.seeds):
            network = build_network(experiment, first_seed + s)
            linear = [module for module in network if isinstance(module, nn.Linear)]
            for layer, module in zip(self.layers(flat), linear, strict=True):
                layer[s :: experiment.seeds, :, :-1] = module.weight.detach()
                layer[s :: experiment.seeds, :, -1] = module.bias.detach()
        return flat
