# What all runs share: hooks, logging, distributed training.
default_scope = 'mmenlighten'
randomness = dict(seed=0, deterministic=False)

default_hooks = dict(
    timer=dict(type='IterTimerHook'),
    logger=dict(type='LoggerHook', interval=10),
    param_scheduler=dict(type='ParamSchedulerHook'),
    checkpoint=dict(
        type='CheckpointHook',
        interval=5,
        max_keep_ckpts=3,
        save_best='auto',  # the first metric of val_evaluator
        rule='greater',
        backend_args=dict(backend='AtomicLocalBackend'),
    ),
    sampler_seed=dict(type='DistSamplerSeedHook'),
    visualization=dict(type='ComparisonVisualizationHook', interval=500, num_images=4),
    acceleration=dict(type='AccelerationHook'),  # None trains in plain torch
)

vis_backends = [dict(type='LocalVisBackend'), dict(type='TensorboardVisBackend')]
visualizer = dict(type='Visualizer', vis_backends=vis_backends)
log_processor = dict(type='LogProcessor', window_size=10, by_epoch=True)
log_level = 'INFO'

env_cfg = dict(
    cudnn_benchmark=True,
    mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
    dist_cfg=dict(backend='nccl'),
)
# Each network has a wrapper of its own, as each has an optimizer of its own. The discriminators
# run twice before a backward pass, which forbids to broadcast buffers in between.
model_wrapper_cfg = dict(
    type='mmenlighten.SeparateDistributedDataParallel',  # MMEngine looks for it without a scope
    broadcast_buffers=False,
    find_unused_parameters=False,
)

load_from = None
resume = False
