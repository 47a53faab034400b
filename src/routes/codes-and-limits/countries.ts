// Countries that can be chosen for phone numbers (ISO 3166-1 alpha-2); the browser names them.

export const COUNTRIES =
  'RU KZ BY UA UZ AM GE KG AZ MD TJ TM MN LT LV EE PL CZ SK HU RO BG RS HR SI GR CY TR DE AT CH FR BE NL LU IT ES PT GB IE DK SE NO FI IS IL AE SA QA KW EG MA TN ZA NG KE GH IN PK BD LK NP CN HK TW JP KR VN TH MY SG ID PH AU NZ US CA MX BR AR CL CO PE'.split(
    ' ',
  );
