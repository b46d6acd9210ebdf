# Rain: two folders of your own, data/unpaired/low with rainy and data/unpaired/normal with clean
# pictures.
_base_ = ['../../../configs/cyclegan/cyclegan_unpaired.py']
custom_imports = dict(
    imports=['projects.unsupervised_deraining.unsupervised_deraining'], allow_failed_imports=False
)
discriminator = dict(type='PatchDiscriminator', num_downs=3, padding=1, norm='instance')
model = dict(
    _delete_=True,
    type='UnsupervisedDeraining',
    data_preprocessor=dict(type='EnhanceDataPreprocessor'),
    generator=dict(type='ResnetGenerator'),
    clean_discriminator=discriminator,
    rain_discriminator=discriminator,
)
adam = dict(type='FusedAdam', lr=2e-4, betas=(0.5, 0.999))
optim_wrapper = dict(
    _delete_=True,
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=adam),
    clean_discriminator=dict(optimizer=adam),
    rain_discriminator=dict(optimizer=adam),
)
