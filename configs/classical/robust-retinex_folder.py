_base_ = [
    '../_base_/models/robust-retinex.py',
    '../_base_/datasets/image_folder.py',
    '../_base_/default_runtime.py',
]
