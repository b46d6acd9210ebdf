"""The console command ``mmenlighten``; each subcommand imports what it needs when it runs."""
