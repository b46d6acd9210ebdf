# Ablation: patches are compared at equal brightness, which whole pictures alone are judged by.
_base_ = ['../enlightengan_lol.py']
model = dict(patch_adjustment=dict(type='LuminanceAdjustment'))
