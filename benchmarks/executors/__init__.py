"""Who trains the cells of a run, beside this process: other processes, hosts, a Ray cluster."""
