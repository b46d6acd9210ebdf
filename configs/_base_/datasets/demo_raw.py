# Raw pictures made of photographs that come inside Python packages, 100 to 250 times too dark, with
# the noise of a sensor; validated on photographs that training never sees. Nothing is downloaded.
load, amplify = dict(type='LoadRaw'), dict(type='ExposureRatio')
turn = dict(
    type='TransformBroadcaster',  # drawn once for both
    mapping=dict(img=['low', 'normal']),
    auto_remap=True,
    share_random_params=True,
    transforms=[dict(type='RandomSymmetry')],
)
train_dataloader = dict(
    batch_size=4,
    num_workers=0,
    sampler=dict(type='ResumableSampler', shuffle=True),
    dataset=dict(
        type='DemoRawDataset',
        split='train',
        repeat=16,
        pipeline=[
            load,
            dict(type='PackBayer'),
            dict(type='RandomRawCrop', size=64),
            turn,
            amplify,
            dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
        ],
    ),
)
val_dataloader = dict(
    batch_size=1,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='DemoRawDataset',
        split='test',
        pipeline=[
            load,
            dict(type='PackBayer'),
            amplify,
            dict(type='PackEnhanceInputs', inputs=('low',), gt='normal'),
        ],
        test_mode=True,
    ),
)
val_evaluator = [dict(type='PSNR'), dict(type='SSIM')]
val_cfg = dict(type='ValLoop')
test_dataloader, test_evaluator, test_cfg = val_dataloader, val_evaluator, dict(type='TestLoop')
