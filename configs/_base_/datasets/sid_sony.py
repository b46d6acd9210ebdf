# The Sony half of See-in-the-Dark as it is, in data/SID: Sony/short, Sony/long and the official
# lists. tools/dataset_converters/sid.py checks the folder, and makes one of it that is read faster.
# Another place, on the command line:
#   --cfg-options train_dataloader.dataset.data_root=D val_dataloader.dataset.data_root=D \
#                 test_dataloader.dataset.data_root=D test_cfg.more.first.data_root=D
load, pack = dict(type='LoadRaw', black=512, white=16383), dict(type='PackBayer')
crop = dict(type='RandomRawCrop', size=512)  # 1024 pixels of the picture
turn = dict(
    type='TransformBroadcaster',  # drawn once for both
    mapping=dict(img=['low', 'normal']),
    auto_remap=True,
    share_random_params=True,
    transforms=[dict(type='RandomSymmetry')],
)
amplify = dict(type='ExposureRatio', limit=300)
take_pair = dict(type='PackEnhanceInputs', inputs=('low', 'normal'))
take_low = dict(type='PackEnhanceInputs', inputs=('low',), gt='normal')
test_pipeline = [load, pack, amplify, take_low]

camera = dict(
    type='SIDDataset',
    data_root='data/SID',
    data_prefix=dict(low='Sony/short', normal='Sony/long'),
)
train_dataloader = dict(
    batch_size=1,
    num_workers=8,
    persistent_workers=True,
    pin_memory=True,  # nothing without a GPU
    collate_fn=dict(type='mmenlighten.stack_collate'),
    sampler=dict(type='ResumableSampler', shuffle=True),
    dataset=dict(
        **camera,
        ann_file='Sony_train_list.txt',
        first_only=True,  # as the official program
        per_scene=True,
        pipeline=[load, pack, crop, turn, amplify, take_pair],
    ),
)
# Officially nothing is validated.
val_dataloader = dict(
    batch_size=1,
    num_workers=2,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        **camera,
        ann_file='Sony_val_list.txt',
        first_only=True,
        pipeline=test_pipeline,
        test_mode=True,
    ),
)
val_cfg = dict(type='ValLoop')
val_evaluator = [dict(type='PSNR'), dict(type='SSIM')]
test_evaluator = val_evaluator

# Both protocols in use: all short exposures of the test scenes, and the first of each burst.
rows = dict(**camera, ann_file='Sony_test_list.txt', pipeline=test_pipeline, test_mode=True)
test_dataloader = dict(
    batch_size=1,
    num_workers=2,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(**rows, dataset_name='all'),
)
test_cfg = dict(
    type='MultiTestLoop', more=dict(first=dict(**rows, dataset_name='first', first_only=True))
)
