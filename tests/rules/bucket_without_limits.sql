insert into storage.buckets (id, name) values ('avatars', 'avatars');
-- finds: avatars

update storage.buckets set file_size_limit = 1048576 where id = 'avatars';
-- finds: avatars

update storage.buckets set allowed_mime_types = array['image/png', 'image/jpeg'] where id = 'avatars';
-- finds: nothing

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
  values ('notes', 'notes', false, 1048576, '{text/plain}');
-- finds: nothing
