# The network of the paper, which is for gray pictures; each channel is one of them.
_base_ = [
    '../_base_/models/llnet.py',
    '../_base_/datasets/synthetic_llnet.py',
    '../_base_/schedules/llnet_303e.py',
    '../_base_/default_runtime.py',
]
model = dict(generator=dict(widths=(2000, 1600, 1200, 1600, 2000), colour=False))
model_wrapper_cfg = dict(find_unused_parameters=True)  # a phase leaves layers as they are
