import { ofNothing } from './makers.js'

/* What the session is: whose, where names of tables are looked up, and of which version. */

export const currentCatalog = ofNothing<string>('current_catalog')
export const currentDatabase = ofNothing<string>('current_database')
export const currentSchema = ofNothing<string>('current_schema')
export const currentPath = ofNothing<string>('current_path')
export const currentUser = ofNothing<string>('current_user')
export const sessionUser = ofNothing<string>('session_user')
export const user = ofNothing<string>('user')
export const version = ofNothing<string>('version')
