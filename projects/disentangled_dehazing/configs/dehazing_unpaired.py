# Haze: two folders of your own, data/unpaired/low with hazy and data/unpaired/normal with clear
# pictures. For low light: --cfg-options model.generator.inverted=True
_base_ = ['../../../configs/cyclegan/cyclegan_unpaired.py']
project = 'projects.disentangled_dehazing'
custom_imports = dict(
    imports=[f'{project}.dehazing_generator', f'{project}.disentangled_dehazing'],
    allow_failed_imports=False,
)
model = dict(
    _delete_=True,
    type='DisentangledDehazing',
    data_preprocessor=dict(type='EnhanceDataPreprocessor'),
    generator=dict(type='DehazingGenerator'),
    discriminator=dict(type='MultiScaleDiscriminator', num_scales=2),
)
adam = dict(type='FusedAdam', lr=2e-4, betas=(0.5, 0.999))
optim_wrapper = dict(
    _delete_=True,
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=adam),
    discriminator=dict(optimizer=adam),
)
