"""The methods again, plainly and slowly: sparse matrices, direct solvers, complex transforms.

Pictures are float64 RGB (H, W, 3) in [0, 1].
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import torch
from scipy.ndimage import convolve1d
from scipy.sparse.linalg import spsolve
from torch import Tensor

LUMA = np.array([0.299, 0.587, 0.114])


def matrices(height: int, width: int) -> list[sp.csr_matrix]:
    """Forward differences, 0 in the last column or row."""

    def one(size: int) -> sp.csr_matrix:
        difference = sp.diags([-np.ones(size), np.ones(size - 1)], [0, 1]).tolil()
        difference[size - 1, size - 1] = 0
        return difference.tocsr()

    return [
        sp.kron(sp.eye(height), one(width)).tocsr(),
        sp.kron(one(height), sp.eye(width)).tocsr(),
    ]


def solve(identity: np.ndarray, weights: list[np.ndarray], rhs: np.ndarray) -> np.ndarray:
    system = sp.diags(identity.ravel())
    for difference, weight in zip(matrices(*identity.shape), weights):
        system = system + difference.T @ sp.diags(weight.ravel()) @ difference
    return spsolve(sp.csc_matrix(system), rhs.ravel()).reshape(rhs.shape)


def differences(image: np.ndarray) -> list[np.ndarray]:
    return [(d @ image.ravel()).reshape(image.shape) for d in matrices(*image.shape)]


def adjoint(parts: list[np.ndarray]) -> np.ndarray:
    shape = parts[0].shape
    return sum((d.T @ p.ravel()).reshape(shape) for d, p in zip(matrices(*shape), parts))


def shrink(values: np.ndarray, threshold: np.ndarray | float) -> np.ndarray:
    return np.sign(values) * np.maximum(np.abs(values) - threshold, 0)


def strong(changes: list[np.ndarray], threshold: float, gain: float) -> list[np.ndarray]:
    return [gain * change * (np.abs(change) > threshold - 1e-6) for change in changes]


def blur(image: np.ndarray, taps: np.ndarray) -> np.ndarray:
    return convolve1d(convolve1d(image, taps, axis=1, mode='constant'), taps, 0, mode='constant')


def lime_release(image: np.ndarray) -> np.ndarray:
    t = image.max(2) + 0.02
    taps = np.exp(-(np.arange(-5, 6) ** 2) / 8)
    steepness = np.maximum(np.hypot(*differences(t)), 0.02)
    blurred = differences(blur(t, taps / taps.sum()))
    weights = [0.15 / steepness / np.maximum(np.abs(change), 1e-3) for change in blurred]
    return image / solve(np.ones_like(t), weights, t)[..., None] ** 0.8


def lime_weights(t: np.ndarray, weighting: int) -> list[np.ndarray]:
    if weighting == 1:
        return [np.ones_like(t)] * 2
    if weighting == 2:
        return [1 / (np.abs(change) + 1e-3) for change in differences(t)]
    taps = np.exp(-(np.arange(-7, 8) ** 2) / 8)
    total = blur(np.ones_like(t), taps)
    return [total / (np.abs(blur(change, taps)) + 1e-3) for change in differences(t)]


def lime_spedup(image: np.ndarray, weighting: int) -> np.ndarray:
    t = image.max(2)
    weights = [
        0.15 * weight / (np.abs(change) + 1e-3)
        for weight, change in zip(lime_weights(t, weighting), differences(t))
    ]
    return image / solve(np.ones_like(t), weights, t).clip(1e-3, 1)[..., None] ** 0.8


def frequencies(height: int, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    across, down = np.zeros((2, height, width))
    across[0, 0] -= 1
    across[0, -1] += 1
    down[0, 0] -= 1
    down[-1, 0] += 1
    horizontal, vertical = np.fft.fft2(across), np.fft.fft2(down)
    return horizontal, vertical, np.abs(horizontal) ** 2 + np.abs(vertical) ** 2


def wrapped(image: np.ndarray) -> list[np.ndarray]:
    return [np.roll(image, -1, 1) - image, np.roll(image, -1, 0) - image]


def lime_exact(image: np.ndarray, weighting: int) -> np.ndarray:
    first = image.max(2)
    weights = lime_weights(first, weighting)
    horizontal, vertical, laplacian = frequencies(*first.shape)
    split, multipliers, mu = [0 * first] * 2, [0 * first] * 2, 1.0
    for _ in range(100):
        x, y = (g - z / mu for g, z in zip(split, multipliers))
        wanted = horizontal.conj() * np.fft.fft2(x) + vertical.conj() * np.fft.fft2(y)
        top = np.fft.fft2(2 * first) + mu * wanted
        t = np.fft.ifft2(top / (2 + mu * laplacian)).real
        changes = wrapped(t)
        split = [
            shrink(change + z / mu, 0.15 * weight / mu)
            for change, z, weight in zip(changes, multipliers, weights)
        ]
        gaps = [change - g for change, g in zip(changes, split)]
        multipliers = [z + mu * gap for z, gap in zip(multipliers, gaps)]
        mu *= 1.1
        if np.linalg.norm(gaps) <= 1e-5 * np.linalg.norm(first):
            break
    return image / t.clip(1e-3, 1)[..., None] ** 0.8


def srie(value: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """R and L of brightness (H, W) in 0..255."""
    s = np.log(value + 1)
    horizontal, vertical, laplacian = frequencies(*s.shape)
    r, l, b = 0 * s, s, [0 * s] * 2  # noqa: E741
    for _ in range(steps):
        d = [shrink(np.exp(r) * change + part, 0.5) for change, part in zip(wrapped(r), b)]
        x, y = (one - other for one, other in zip(d, b))
        wanted = horizontal.conj() * np.fft.fft2(x) + vertical.conj() * np.fft.fft2(y)
        top = np.fft.fft2(s - l) + 0.01 * wanted
        r = np.minimum(np.fft.ifft2(top / (1 + 0.01 * np.exp(r) * laplacian)).real, 0)
        b = [part + np.exp(r) * change - one for part, change, one in zip(b, wrapped(r), d)]
        below = 1 + 0.1 * np.exp(l) * laplacian
        l = np.maximum(np.fft.ifft2(np.fft.fft2(s - r) / below).real, s)  # noqa: E741
    return np.exp(r), np.exp(l)


def jed(image: np.ndarray) -> np.ndarray:
    luma = image @ LUMA
    light = luma
    for _ in range(2):
        weights = [0.002 / (np.abs(change) + 1e-4) for change in differences(light)]
        light = solve(np.ones_like(luma), weights, luma)
    light = light.clip(1e-3, 1)
    channels = []
    for channel in np.moveaxis(image, 2, 0):
        changes = differences(channel)
        weights = [0.007 * (np.abs(change) + 1e-3) ** -0.5 + 0.016 for change in changes]
        rhs = light * channel + 0.016 * adjoint(strong(changes, 10 / 255, 8))
        channels.append(solve(light**2, weights, rhs) * light ** (1 / 2.2))
    return np.stack(channels, 2)


def robust_retinex(image: np.ndarray, steps: int = 2) -> np.ndarray:
    luma = image @ LUMA
    ones = np.ones_like(luma)

    def reflectance(light: np.ndarray, signal: np.ndarray, channel: np.ndarray) -> np.ndarray:
        wanted = adjoint(strong(differences(channel), 10 / 255, 6))
        return solve(light**2, [0.01 * ones] * 2, light * signal + 0.01 * wanted)

    light, noise, split, z, mu = luma, 0 * luma, [0 * luma] * 2, [0 * luma] * 2, 1.0
    for _ in range(steps):
        r = reflectance(light, luma - noise, luma)
        wanted = adjoint([t - part / mu for t, part in zip(split, z)])
        light = solve(2 * r**2, [mu * ones] * 2, 2 * r * (luma - noise) + mu * wanted)
        noise = (luma - r * light) / 11
        changes = differences(light)
        split = [shrink(change + part / mu, 0.01 / mu) for change, part in zip(changes, z)]
        z = [part + mu * (change - t) for part, change, t in zip(z, changes, split)]
        mu *= 1.5
    channels = [reflectance(light, c - noise, c) for c in np.moveaxis(image, 2, 0)]
    return np.stack(channels, 2) * light.clip(0)[..., None] ** (1 / 2.2)


def precise_image(picture: np.ndarray) -> Tensor:
    """uint8 (H, W, 3) as float64 (1, 3, H, W) in [0, 1]."""
    return torch.from_numpy(picture.transpose(2, 0, 1) / 255)[None]
