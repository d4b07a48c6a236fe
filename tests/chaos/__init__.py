"""People, replicas, a database and a provider, and somebody who breaks them: what was promised must hold.

    python -m tests.chaos --minutes 5 --seed 7

Two replicas of the real server share one Postgres. People ask, leave, come back elsewhere, stop, edit and repeat
themselves; a nemesis kills, freezes and stops the replicas, the database and the provider. Then everything is healed,
the system gets a lease and a minute, and what is stored is compared with what people were told.
"""
