DROP TABLE licence_customers;
DELETE FROM counters WHERE name = 'licence';
DROP TABLE licences;
