_base_ = [
    '../_base_/models/classic.py',
    '../_base_/datasets/image_folder.py',
    '../_base_/default_runtime.py',
]
