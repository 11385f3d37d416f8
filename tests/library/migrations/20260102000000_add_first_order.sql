INSERT INTO orders (id, total_cents) VALUES (1, 4200);
