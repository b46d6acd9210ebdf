# Scores on LOL-v1, eval15, for what is not trained on LOL.
_base_ = ['./lol_v1.py']

test_dataloader = dict(
    batch_size=1,
    num_workers=2,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset={{_base_.lol_v1}},
)
test_cfg = dict(type='TestLoop')
test_evaluator = [
    dict(type='PSNR'),
    dict(type='SSIM'),
    dict(type='NIQE'),
    dict(type='MeanBrightness'),
]
