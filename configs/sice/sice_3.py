# Model 3 of SICE-net: a gain for each pixel, at a sixteenth of the work.
_base_ = [
    '../_base_/models/sice.py',
    '../_base_/datasets/sice_series.py',
    '../_base_/schedules/sice_40e.py',
    '../_base_/default_runtime.py',
]
model = dict(generator=dict(variant=3))
train_dataloader = dict(batch_size=10)
auto_scale_lr = dict(base_batch_size=10)
