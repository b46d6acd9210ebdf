# Your own pictures in two folders, without validation. On the command line:
#   --cfg-options train_dataloader.dataset.data_root=photos
# reads photos/low and photos/normal with their sub-folders. Folders of other names:
#   train_dataloader.dataset.data_prefix.low=/here/night \
#   train_dataloader.dataset.data_prefix.normal=/there/day
data_root = 'data/unpaired'
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

train_dataloader = dict(
    batch_size=32,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='ResumableSampler', shuffle=True),
    dataset=dict(
        type='UnpairedImageDataset',
        data_root=data_root,
        data_prefix=dict(low='low', normal='normal'),
        partner='random',  # 'index' as in the official code
        pipeline=train_pipeline,
    ),
)

val_dataloader = None
val_cfg = None
val_evaluator = None

test_dataloader = None
test_cfg = None
test_evaluator = None
