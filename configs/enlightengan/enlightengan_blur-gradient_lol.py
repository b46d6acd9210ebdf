# Gradients of blurred pictures, whatever their brightness, in place of VGG features.
_base_ = ['../enlightengan_lol.py']
model = dict(
    feature_loss=None,
    structure_loss=dict(type='BlurGradientLoss', free_brightness=True),
    loss_weights=dict(structure=1.0),
)
