# HDRNet on LOL that also compares features of VGG-16, which is downloaded when training starts.
_base_ = [
    '../_base_/models/hdrnet.py',
    '../_base_/datasets/lol_hdrnet.py',
    '../_base_/schedules/hdrnet_100e.py',
    '../_base_/default_runtime.py',
]
model = dict(
    losses=dict(content=dict(type='PerceptualLoss'), tv=dict(type='TotalVariationLoss')),
    loss_weights=dict(content=0.01, tv=0.01),
)
