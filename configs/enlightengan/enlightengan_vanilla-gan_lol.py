# Ablation: the original GAN loss on whole pictures and on patches.
_base_ = ['../enlightengan_lol.py']
model = dict(
    global_loss=dict(type='GANLoss', variant='vanilla', _delete_=True),
    local_loss=dict(variant='vanilla'),
)
