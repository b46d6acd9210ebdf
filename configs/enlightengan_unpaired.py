# EnlightenGAN on two folders of your own, named on the command line:
#   --cfg-options train_dataloader.dataset.data_root=photos
# reads photos/low and photos/normal; the README shows how other names are given.
_base_ = [
    './_base_/models/enlightengan.py',
    './_base_/datasets/unpaired_folders.py',
    './_base_/schedules/enlightengan_200e.py',
    './_base_/default_runtime.py',
]
