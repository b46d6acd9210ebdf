# LLNet in miniature: minutes on two CPU cores, on photographs that come inside Python packages.
_base_ = [
    '../_base_/models/llnet.py',
    '../_base_/datasets/demo_llnet.py',
    '../_base_/schedules/llnet_303e.py',
    '../_base_/demo_runtime.py',
]
work_dir = 'work_dirs/llnet_demo'
model = dict(generator=dict(widths=(200, 160, 120, 160, 200)))
param_scheduler = [
    dict(type='ConstantLR', factor=0.1, begin=0, end=4, by_epoch=True),
    dict(type='ConstantLR', factor=0.1, begin=22, end=28, by_epoch=True),
]
train_cfg = dict(phase_epochs=(1, 1, 1, 24), val_begin=27, val_interval=27)
model_wrapper_cfg = dict(find_unused_parameters=True)  # a phase leaves layers as they are
