# Low light as inverted haze, in miniature: minutes on two CPU cores, without any download.
_base_ = [
    '../../../configs/_base_/datasets/demo_unpaired.py',
    '../../../configs/_base_/demo_runtime.py',
]
project = 'projects.disentangled_dehazing'
custom_imports = dict(
    imports=[f'{project}.dehazing_generator', f'{project}.disentangled_dehazing'],
    allow_failed_imports=False,
)
work_dir = 'work_dirs/dehazing_low_light_demo'
model = dict(
    type='DisentangledDehazing',
    generator=dict(
        type='DehazingGenerator',
        base_channels=8,
        scene_blocks=3,
        map_blocks=2,
        inverted=True,
        result='inversion',
    ),
    discriminator=dict(type='MultiScaleDiscriminator', base_channels=16, num_scales=2),
)
adam = dict(type='FusedAdam', lr=5e-4, betas=(0.5, 0.999))
optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=adam),
    discriminator=dict(optimizer=adam),
)
train_dataloader = dict(batch_size=1)
train_cfg = dict(type='GANTrainLoop', max_epochs=2, val_interval=2)
