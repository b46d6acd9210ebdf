# Adam with a cosine that ends near 0; 6,400 iterations with 320 photographs and batches of 8.
optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(
        optimizer=dict(type='FusedAdam', lr=1.5e-3, betas=(0.9, 0.99)),
        clip_grad=dict(max_norm=1.0),
    ),
)
param_scheduler = dict(
    type='CosineAnnealingLR', eta_min=1.5e-5, T_max=16, by_epoch=True, convert_to_iter_based=True
)
train_cfg = dict(type='GANTrainLoop', max_epochs=16, val_interval=1)
