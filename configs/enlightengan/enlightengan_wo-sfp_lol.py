# Ablation: no self-feature-preserving loss.
_base_ = ['../enlightengan_lol.py']
model = dict(feature_loss=None)
