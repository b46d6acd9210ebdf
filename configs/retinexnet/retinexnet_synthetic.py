# RetinexNet on well-lit photographs of your own, against themselves darkened; LOL is not needed:
#   --cfg-options train_dataloader.dataset.data_root=photos val_dataloader.dataset.data_root=others
_base_ = [
    '../_base_/models/retinexnet.py',
    '../_base_/datasets/synthetic_pairs.py',
    '../_base_/schedules/retinexnet_200e.py',
    '../_base_/default_runtime.py',
]
model_wrapper_cfg = dict(find_unused_parameters=True)
