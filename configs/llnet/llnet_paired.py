# LLNet on two folders of your own that hold the same names, without validation:
#   --cfg-options train_dataloader.dataset.data_root=photos
# reads photos/low and photos/normal with their sub-folders.
_base_ = [
    '../_base_/models/llnet.py',
    '../_base_/datasets/lol_llnet.py',
    '../_base_/schedules/llnet_303e.py',
    '../_base_/default_runtime.py',
]
train_dataloader = dict(
    dataset=dict(data_root='data/paired', data_prefix=dict(low='low', normal='normal'))
)
val_dataloader, val_cfg, val_evaluator = None, None, None
test_dataloader, test_cfg, test_evaluator = None, None, None
model_wrapper_cfg = dict(find_unused_parameters=True)  # a phase leaves layers as they are
