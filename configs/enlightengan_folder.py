# Enhances a folder of pictures with a trained EnlightenGAN:
#   python tools/test.py configs/enlightengan_folder.py CHECKPOINT --out results \
#       --cfg-options test_dataloader.dataset.data_root=photos
_base_ = [
    './_base_/models/enlightengan.py',
    './_base_/datasets/image_folder.py',
    './_base_/default_runtime.py',
]
