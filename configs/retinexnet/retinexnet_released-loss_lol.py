# RetinexNet with the losses by which the released weights were trained.
_base_ = ['./retinexnet_lol.py']
smoothness = dict(pools=(3, 5, 7), pool_weights=(1.0, 0.66, 0.33))
model = dict(
    losses=dict(
        decom=dict(smoothness=dict(factor=5.0, **smoothness)),
        relight=dict(smoothness=dict(factor=1.0, **smoothness)),
    ),
    loss_weights=dict(smooth_relit=1.0),
)
