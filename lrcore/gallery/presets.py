"""Schedules of published recipes on their own horizons, to begin from on the Curves page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lrcore.analysis.run import Run
from lrcore.plan import Plan, parse_plan


@dataclass(frozen=True)
class Preset:
    """Plans, how far they are looked at, what to see in them, and where they come from."""

    title: str
    note: str
    source: str
    horizon: Run
    texts: tuple[str, ...]
    log_y: bool = False

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        return tuple(parse_plan(text) for text in self.texts)


# 1,281,167 // 256 updates: without the last, smaller batch
_IMAGENET = Run(steps=90 * 5004, steps_per_epoch=5004)

PRESETS: dict[str, Preset] = {
    "resnet": Preset(
        "ResNet on ImageNet: 30-60-90",
        "Three plateaus of 30 epochs against a cosine, and against the rule lr / (1 + d t) that ends at the"
        " same rate.",
        "He et al. 2015 and the PyTorch ImageNet example: SGD, batch 256, lr 0.1, divided by 10 every 30 of"
        " 90 epochs.",
        _IMAGENET,
        (
            "lr=0.1 StepLR(step_size=30, gamma=0.1)",
            "lr=0.1 CosineAnnealingLR(T_max=90)",
            "lr=0.1 InverseTimeDecay(lr_decay=1.1123595505617976)",
        ),
        log_y=True,
    ),
    "adain": Preset(
        "AdaIN style transfer: 1 / (1 + d t)",
        "The rule that is called linear decay, the straight line between its ends, an exponential, and StepLR"
        " to the same end.",
        "Huang & Belongie 2017: lr 1e-4, lr_decay 5e-5, 160,000 iterations.",
        Run(steps=160_000, steps_per_epoch=1000),
        (
            "lr=1e-4 InverseTimeDecay(lr_decay=5e-5) per iteration",
            "lr=1e-4 LinearLR(start_factor=1.0, end_factor=0.1111118, total_iters=159999) per iteration",
            "lr=1e-4 ExponentialLR(gamma=0.9999862672) per iteration",
            "lr=1e-4 StepLR(step_size=40000, gamma=0.4807) per iteration",
        ),
    ),
    "transformer": Preset(
        "Transformer: warm-up + cosine",
        "A linear warm-up into a cosine, beside the inverse square root of the first transformer with its own"
        " warm-up.",
        "Loshchilov & Hutter 2016 with a warm-up, as GPT-3 used it; Vaswani et al. 2017, base size: d_model"
        " 512, 4,000 updates.",
        Run(steps=100_000, steps_per_epoch=1000),
        (
            (
                "lr=7e-4 SequentialLR([LinearLR(start_factor=0.00025, total_iters=4000),"
                " CosineAnnealingLR(T_max=96000)], milestones=[4000]) per iteration"
            ),
            "lr=7e-4 InverseSqrt(warmup_steps=4000) per iteration",
        ),
    ),
    "wsd": Preset(
        "WSD: warm up, stay, decay",
        "The rate stays high and falls in the last tenth; the cosine has to know its length from the start.",
        "Hu et al. 2024 (MiniCPM) and Hägele et al. 2024.",
        Run(steps=50_000, steps_per_epoch=1000),
        (
            "lr=0.01 WarmupStableDecay(total_steps=50000, warmup_steps=1000, decay_steps=5000) per iteration",
            "lr=0.01 CosineAnnealingLR(T_max=50000) per iteration",
        ),
    ),
    "onecycle": Preset(
        "1cycle",
        "One climb and one long descent, with cosine and with straight pieces.",
        "Smith & Topin 2018, with the defaults of torch's OneCycleLR; CIFAR-10, batch 128, 30 epochs.",
        Run(steps=30 * 391, steps_per_epoch=391),
        (
            "lr=0.1 OneCycleLR(max_lr=0.1, total_steps=11730) per iteration",
            (
                "lr=0.1 OneCycleLR(max_lr=0.1, total_steps=11730, anneal_strategy='linear', three_phase=True)"
                " per iteration"
            ),
        ),
    ),
    "d2z": Preset(
        "D2Z: straight down to zero",
        "A short warm-up and a straight line to zero, against the cosine that stops at a tenth of its peak.",
        "Bergsma et al. 2025, Straight to Zero.",
        Run(steps=20_000, steps_per_epoch=1000),
        (
            (
                "lr=0.01 SequentialLR([LinearLR(start_factor=0.002, total_iters=500),"
                " LinearLR(start_factor=1.0, end_factor=0.0, total_iters=19500)], milestones=[500]) per"
                " iteration"
            ),
            (
                "lr=0.01 SequentialLR([LinearLR(start_factor=0.002, total_iters=500), "
                "CosineAnnealingLR(T_max=19500, eta_min=0.001)], milestones=[500]) per iteration"
            ),
        ),
    ),
}
