"""What a suite takes of memory and time, estimated before anything of it is drawn or trained."""
