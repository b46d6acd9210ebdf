# Ablation: the generator sees no attention map.
_base_ = ['../enlightengan_lol.py']
model = dict(generator=dict(attention=False, times_residual=False))
