# The authors' recipe on photographs of your own, darkened by a gamma and noise:
#   --cfg-options train_dataloader.dataset.data_root=photos val_dataloader.dataset.data_root=others
_base_ = [
    '../_base_/models/llnet.py',
    '../_base_/datasets/synthetic_llnet.py',
    '../_base_/schedules/llnet_303e.py',
    '../_base_/default_runtime.py',
]
model_wrapper_cfg = dict(find_unused_parameters=True)  # a phase leaves layers as they are
