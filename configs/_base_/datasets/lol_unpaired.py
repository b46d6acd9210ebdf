# LOL as two unpaired folders for training; its 15 evaluation pairs for validation and testing.
# tools/dataset_converters/lol.py checks the folder. Another place, on the command line:
#   --cfg-options train_dataloader.dataset.data_root=D val_dataloader.dataset.data_root=D \
#                 test_dataloader.dataset.data_root=D
# Decoding each picture only once, for 0.7 GB of disk: train_dataloader.dataset.decoded_cache=FOLDER
# (docs/data_loading.md).
data_root = 'data/LOL'
crop_size = 320

train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(
        type='TransformBroadcaster',  # crop and flip: drawn for each picture alone
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=False,
        transforms=[
            dict(type='RandomCrop', size=crop_size),
            dict(type='RandomFlip', prob=0.5, direction='horizontal'),
        ],
    ),
    dict(
        type='TransformBroadcaster',  # flips: drawn once for both
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=True,
        transforms=[
            dict(type='RandomFlip', prob=0.5, direction='horizontal'),
            dict(type='RandomFlip', prob=0.5, direction='vertical'),
        ],
    ),
    dict(type='RandomDarken', prob=0.5, min_times=2.0, max_times=4.0),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal', 'darkened')),
]
test_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(type='PackEnhanceInputs', inputs=('low',), gt='normal'),
]

train_dataloader = dict(
    batch_size=32,
    num_workers=4,
    persistent_workers=True,
    pin_memory=True,  # nothing without a GPU
    collate_fn=dict(type='mmenlighten.stack_collate'),
    sampler=dict(type='ResumableSampler', shuffle=True),
    dataset=dict(
        type='UnpairedImageDataset',
        data_root=data_root,
        data_prefix=dict(low='our485/low', normal='our485/high'),
        partner='random',  # 'index' as in the official code
        pipeline=train_pipeline,
    ),
)

val_dataloader = dict(
    batch_size=1,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='PairedImageDataset',
        data_root=data_root,
        data_prefix=dict(low='eval15/low', normal='eval15/high'),
        pipeline=test_pipeline,
        test_mode=True,
    ),
)
val_cfg = dict(type='ValLoop')
val_evaluator = [dict(type='PSNR'), dict(type='SSIM'), dict(type='MeanBrightness')]

test_dataloader = val_dataloader
test_cfg = dict(type='TestLoop')
test_evaluator = val_evaluator
