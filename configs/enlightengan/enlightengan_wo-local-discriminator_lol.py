# Ablation: no judgement of patches.
_base_ = ['../enlightengan_lol.py']
model = dict(local_discriminator=None, loss_weights=dict(feature_local=0.0))
