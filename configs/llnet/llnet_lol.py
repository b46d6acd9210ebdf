# LLNet on the pairs of LOL, validated on its 15 evaluation pairs.
_base_ = [
    '../_base_/models/llnet.py',
    '../_base_/datasets/lol_llnet.py',
    '../_base_/schedules/llnet_303e.py',
    '../_base_/default_runtime.py',
]
model_wrapper_cfg = dict(find_unused_parameters=True)  # a phase leaves layers as they are
