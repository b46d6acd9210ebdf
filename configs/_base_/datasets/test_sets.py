# All public test sets with a name, one after the other. Those that are not there are named and
# passed over; absent='refuse' makes that an error. A place of your own, and a choice:
#   --cfg-options test_cfg.more.DICM.data_root=photos/DICM test_dataloader.dataset.data_root=LOL
#   --cfg-options test_cfg.only=DICM,LIME
_base_ = [
    './lol_v1.py',
    './lol_v2_real.py',
    './lol_v2_synthetic.py',
    './lsrw.py',
    './sice.py',
    './dicm.py',
    './lime.py',
    './mef.py',
    './npe.py',
    './vv.py',
]

test_dataloader = dict(  # the first set, and how all of them are read
    batch_size=1,
    num_workers=2,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset={{_base_.lol_v1}},
)
test_cfg = dict(
    type='MultiTestLoop',
    more={
        'LOL-v2-real': {{_base_.lol_v2_real}},
        'LOL-v2-synthetic': {{_base_.lol_v2_synthetic}},
        'LSRW-Huawei': {{_base_.lsrw_huawei}},
        'LSRW-Nikon': {{_base_.lsrw_nikon}},
        'SICE': {{_base_.sice}},
        'DICM': {{_base_.dicm}},
        'LIME': {{_base_.lime}},
        'MEF': {{_base_.mef}},
        'NPE': {{_base_.npe}},
        'VV': {{_base_.vv}},
    },
    absent='skip',
)
# Where there is no ground truth, only those are measured that need none.
test_evaluator = [
    dict(type='PSNR'),
    dict(type='SSIM'),
    dict(type='NIQE'),
    dict(type='MeanBrightness'),
]
