# EnlightenGAN on LOL as two unpaired folders, validated on its 15 evaluation pairs.
_base_ = [
    './_base_/models/enlightengan.py',
    './_base_/datasets/lol_unpaired.py',
    './_base_/schedules/enlightengan_200e.py',
    './_base_/default_runtime.py',
]
data_root = 'data/LOL'
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = dict(dataset=dict(data_root=data_root))
