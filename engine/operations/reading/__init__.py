"""What people read: the inbox, tasks, cases, what may be started; each part of a page has a module."""
