# Model 3 of SICE-net: a gain for each pixel, at a sixteenth of the work.
_base_ = ['./sice_2.py']
model = dict(generator=dict(variant=3))
train_dataloader = dict(batch_size=10)
auto_scale_lr = dict(base_batch_size=10)
